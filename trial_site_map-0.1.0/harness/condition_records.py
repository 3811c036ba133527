"""Trials of conditions as registries write them, with the MeSH headings that a registry gave.

Each text is one record's condition. The list was written for this project after how registries
word conditions, so that what the search finds can be held against the headings.
"""

from dashboard.sites.trial import Trial

TEXTS: dict[str, str] = {
    "Breast Neoplasms": (
        "Breast Cancer; Breast Carcinoma; Breast Cancer Female; Breast Cancer Stage IV; "
        "Metastatic Breast Cancer; Locally Advanced Breast Cancer; HER2-positive Breast Cancer; "
        "Triple Negative Breast Cancer; Triple-negative Breast Cancer; Hormone Receptor "
        "Positive Breast Carcinoma; Anatomic Stage III Breast Cancer AJCC v8; Early-stage "
        "Breast Cancer; Breast Neoplasm Malignant Female; Invasive Breast Carcinoma; Ductal "
        "Carcinoma In Situ; Malignant Neoplasm of Breast; Estrogen Receptor-positive Breast "
        "Cancer; Inflammatory Breast Cancer; Recurrent Breast Cancer; Breast Tumors; Invasive "
        "Lobular Breast Carcinoma; Mammary Cancer"
    ),
    "Lung Neoplasms": (
        "Lung Cancer; Carcinoma, Non-Small-Cell Lung; Non Small Cell Lung Cancer; NSCLC; "
        "Non-small Cell Lung Cancer Metastatic; Small Cell Lung Cancer; Extensive-stage "
        "Small-cell Lung Cancer; Stage IV Lung Cancer AJCC v8; Lung Adenocarcinoma; Lung "
        "Cancer, Nonsmall Cell; Recurrent Non-small Cell Lung Cancer; Non-Squamous Non-Small "
        "Cell Lung Cancer; Lung Carcinoma; EGFR Positive Non-small Cell Lung Cancer; Squamous "
        "Non-small Cell Lung Cancer; Limited Stage Small Cell Lung Cancer; Advanced NSCLC; "
        "SCLC; Lung Neoplasm Malignant"
    ),
    "Prostatic Neoplasms": (
        "Prostate Cancer; Prostatic Cancer; Metastatic Castration-resistant Prostate Cancer; "
        "Prostate Adenocarcinoma; Adenocarcinoma of the Prostate; Castration-Resistant "
        "Prostatic Cancer; Hormone Sensitive Prostate Cancer; Cancer of the Prostate; Prostate "
        "Cancer Recurrent; mCRPC"
    ),
    "Colorectal Neoplasms": (
        "Colorectal Cancer; Metastatic Colorectal Cancer; Colon Cancer; Rectal Cancer; "
        "Colorectal Carcinoma; Stage III Colon Cancer; Locally Advanced Rectal Cancer; Colon "
        "Adenocarcinoma; Cancer of Colon; mCRC; Colorectal Adenocarcinoma; Colo-rectal Cancer; "
        "Rectum Cancer"
    ),
    "Pancreatic Neoplasms": (
        "Pancreatic Cancer; Pancreas Cancer; Pancreatic Adenocarcinoma; Pancreatic Ductal "
        "Adenocarcinoma; Metastatic Pancreatic Cancer; Adenocarcinoma of the Pancreas; "
        "Unresectable Pancreatic Cancer; Borderline Resectable Pancreatic Cancer; Pancreas "
        "Adenocarcinoma"
    ),
    "Liver Neoplasms": (
        "Hepatocellular Carcinoma; Carcinoma, Hepatocellular; Liver Cancer; Advanced "
        "Hepatocellular Carcinoma; HCC; Hepatocellular Cancer; Unresectable Hepatocellular "
        "Carcinoma; Liver Metastases; Colorectal Liver Metastases"
    ),
    "Stomach Neoplasms": (
        "Gastric Cancer; Stomach Cancer; Gastric Adenocarcinoma; Gastric Carcinoma; Advanced "
        "Gastric Cancer; Metastatic Gastric Cancer; Adenocarcinoma of the Stomach; Gastric "
        "(Stomach) Cancer"
    ),
    "Esophageal Neoplasms": (
        "Esophageal Cancer; Esophageal Squamous Cell Carcinoma; Oesophageal Cancer; Esophageal "
        "Adenocarcinoma; Esophagus Cancer; Adenocarcinoma of the Esophagus; Esophageal "
        "Carcinoma"
    ),
    "Ovarian Neoplasms": (
        "Ovarian Cancer; Epithelial Ovarian Cancer; Recurrent Ovarian Carcinoma; Ovarian "
        "Carcinoma; Platinum-resistant Ovarian Cancer; High Grade Serous Ovarian Cancer; Ovary "
        "Cancer; Cancer of the Ovary"
    ),
    "Urinary Bladder Neoplasms": (
        "Bladder Cancer; Urinary Bladder Cancer; Muscle-invasive Bladder Carcinoma; "
        "Non-muscle-invasive Bladder Cancer; Bladder Urothelial Carcinoma; Transitional Cell "
        "Carcinoma of the Bladder"
    ),
    "Carcinoma, Renal Cell": (
        "Renal Cell Carcinoma; Renal Cell Cancer; Clear Cell Renal Cell Carcinoma; Metastatic "
        "Renal Cell Carcinoma; RCC; Carcinoma, Renal Cell"
    ),
    "Melanoma": (
        "Melanoma; Metastatic Melanoma; Malignant Melanoma; Melanoma (Skin); Uveal Melanoma; "
        "Stage IIIB Melanoma; Advanced Melanoma; Cutaneous Melanoma"
    ),
    "Lymphoma, Non-Hodgkin": (
        "Non-Hodgkin Lymphoma; Lymphoma, Non-Hodgkin; Diffuse Large B-cell Lymphoma; Follicular "
        "Lymphoma; Mantle Cell Lymphoma; DLBCL; Peripheral T-cell Lymphoma; NHL; B-cell Non "
        "Hodgkin Lymphoma; Refractory Mantle Cell Lymphoma; Relapsed Diffuse Large B-Cell "
        "Lymphoma"
    ),
    "Leukemia": (
        "Acute Myeloid Leukemia; Leukemia, Myeloid, Acute; AML; Chronic Lymphocytic Leukemia; "
        "Acute Lymphoblastic Leukemia; Chronic Myeloid Leukemia; Leukemia; Relapsed Acute "
        "Myeloid Leukemia; CLL; Acute Lymphoblastic Leukemia, Pediatric; Acute Myelogenous "
        "Leukemia; Philadelphia Chromosome Positive Acute Lymphoblastic Leukemia; T-cell "
        "Prolymphocytic Leukemia"
    ),
    "Multiple Myeloma": (
        "Multiple Myeloma; Relapsed/Refractory Multiple Myeloma; Multiple Myeloma in Relapse; "
        "Newly Diagnosed Multiple Myeloma; Refractory Multiple Myeloma; Smoldering Multiple "
        "Myeloma; Plasma Cell Myeloma"
    ),
    "Head and Neck Neoplasms": (
        "Head and Neck Cancer; Head and Neck Squamous Cell Carcinoma; Squamous Cell Carcinoma "
        "of the Head and Neck; HNSCC; Head Neck Cancer; Laryngeal Cancer; Oropharyngeal Cancer; "
        "Nasopharyngeal Carcinoma; Oral Cancer"
    ),
    "Brain Neoplasms": (
        "Brain Tumor; Brain Metastases; Brain Cancer; Brain Neoplasms; Primary Brain Tumor; "
        "Brain Metastases, Adult"
    ),
    "Glioblastoma": ("Glioblastoma; Glioblastoma Multiforme; Recurrent Glioblastoma; GBM"),
    "Uterine Cervical Neoplasms": (
        "Cervical Cancer; Cervix Cancer; Cervical Carcinoma; Cancer of the Cervix; Locally "
        "Advanced Cervical Cancer; Cancer of Cervix"
    ),
    "Endometrial Neoplasms": (
        "Endometrial Cancer; Endometrial Carcinoma; Endometrial Adenocarcinoma"
    ),
    "Thyroid Neoplasms": (
        "Thyroid Cancer; Differentiated Thyroid Cancer; Papillary Thyroid Cancer; Thyroid "
        "Carcinoma; Medullary Thyroid Cancer; Thyroid Cancer, Papillary"
    ),
    "Diabetes Mellitus": (
        "Type 2 Diabetes; Diabetes Mellitus, Type 2; Type 1 Diabetes; Diabetes; Diabetes "
        "Mellitus; Type 2 Diabetes Mellitus; T2DM; Diabetes Mellitus, Type 1; Gestational "
        "Diabetes; T1D; Diabetes Mellitus, Type II; Type II Diabetes; Diabetes type2; Diabetic "
        "Nephropathy; Diabetic Retinopathy; Diabetic Foot Ulcer; Diabetic Macular Edema; "
        "Diabetes Mellitus Type 1; Gestational Diabetes Mellitus; Uncontrolled Type 2 Diabetes"
    ),
    "Hypertension": (
        "Hypertension; High Blood Pressure; Essential Hypertension; Arterial Hypertension; "
        "Resistant Hypertension; Hypertension, Resistant to Conventional Therapy; Uncontrolled "
        "Hypertension; Primary Hypertension; Systolic Hypertension"
    ),
    "Heart Failure": (
        "Heart Failure; Congestive Heart Failure; Chronic Heart Failure; Heart Failure With "
        "Reduced Ejection Fraction; Heart Failure With Preserved Ejection Fraction; Acute Heart "
        "Failure; HFrEF; Heart Failure, Systolic; Acute Decompensated Heart Failure; Heart "
        "Failure"
    ),
    "Atrial Fibrillation": (
        "Atrial Fibrillation; Persistent Atrial Fibrillation; Paroxysmal Atrial Fibrillation; "
        "Atrial Fibrillation Paroxysmal; Postoperative Atrial Fibrillation; Nonvalvular Atrial "
        "Fibrillation"
    ),
    "Coronary Artery Disease": (
        "Coronary Artery Disease; Coronary Heart Disease; CAD; Stable Coronary Artery Disease; "
        "Coronary Atherosclerosis; Multivessel Coronary Artery Disease"
    ),
    "Myocardial Infarction": (
        "Myocardial Infarction; Acute Myocardial Infarction; STEMI; ST Elevation Myocardial "
        "Infarction; Heart Attack; ST Segment Elevation Myocardial Infarction; Non-ST Elevation "
        "Myocardial Infarction; Myocardial Infarction, Acute"
    ),
    "Stroke": (
        "Stroke; Acute Ischemic Stroke; Ischemic Stroke; Stroke, Acute; Stroke, Ischemic; "
        "Cerebrovascular Accident; Stroke Rehabilitation; Chronic Stroke; Cerebral Infarction; "
        "Acute Stroke"
    ),
    "Asthma": (
        "Asthma; Severe Asthma; Bronchial Asthma; Asthma in Children; Eosinophilic Asthma; "
        "Asthma, Bronchial; Asthmatic; Persistent Asthma"
    ),
    "Pulmonary Disease, Chronic Obstructive": (
        "COPD; Chronic Obstructive Pulmonary Disease; Pulmonary Disease, Chronic Obstructive; "
        "COPD Exacerbation; Chronic Obstructive Pulmonary Disease (COPD); Chronic Obstructive "
        "Lung Disease; Acute Exacerbation of COPD"
    ),
    "COVID-19": (
        "COVID-19; Covid19; SARS-CoV-2 Infection; Coronavirus Infection Disease 2019; COVID-19 "
        "Pneumonia; COVID-19 Respiratory Infection; Corona Virus Disease 2019; SARS-CoV-2 Acute "
        "Respiratory Disease; Coronavirus Disease 2019; COVID; SARS CoV 2 Infection; COVID-19 "
        "Vaccines"
    ),
    "HIV Infections": (
        "HIV Infections; HIV; HIV-1-infection; HIV/AIDS; HIV-1; Human Immunodeficiency Virus; "
        "AIDS; Acquired Immune Deficiency Syndrome; HIV Seropositivity; HIV Infection; HIV I "
        "Infection"
    ),
    "Hepatitis C": (
        "Hepatitis C; Chronic Hepatitis C; Hepatitis C, Chronic; HCV; Hepatitis C Virus; HCV "
        "Infection; Hepatitis C Infection; Chronic Hepatitis C Infection"
    ),
    "Hepatitis B": (
        "Hepatitis B; Chronic Hepatitis B; Hepatitis B, Chronic; HBV; Hepatitis B Virus; "
        "Chronic HBV Infection"
    ),
    "Tuberculosis": (
        "Tuberculosis; Pulmonary Tuberculosis; Latent Tuberculosis; Tuberculosis, Pulmonary; "
        "MDR-TB; Tuberculosis Infection; Drug Resistant Tuberculosis; Latent Tuberculosis "
        "Infection"
    ),
    "Malaria": (
        "Malaria; Malaria, Falciparum; Plasmodium Falciparum Malaria; Malaria in Pregnancy; "
        "Vivax Malaria; Severe Malaria"
    ),
    "Influenza, Human": (
        "Influenza; Influenza, Human; Flu; Seasonal Influenza; Influenza A; Pandemic Influenza; "
        "Influenza Virus Infection; H1N1 Influenza"
    ),
    "Schizophrenia": (
        "Schizophrenia; Schizophrenia and Schizoaffective Disorder; Treatment-resistant "
        "Schizophrenia; Chronic Schizophrenia; Schizophrenia"
    ),
    "Depressive Disorder": (
        "Depression; Major Depressive Disorder; MDD; Depressive Disorder, Major; Treatment "
        "Resistant Depression; Postpartum Depression; Major Depression; Depressive Disorder; "
        "Depressive Symptoms; Depression, Postpartum; Late Life Depression; Unipolar Depression"
    ),
    "Alzheimer Disease": (
        "Alzheimer Disease; Alzheimer's Disease; Alzheimer Disease, Early Onset; Mild "
        "Alzheimer's Disease; Dementia of the Alzheimer's Type; Alzheimer's Dementia; Prodromal "
        "Alzheimer's Disease"
    ),
    "Parkinson Disease": (
        "Parkinson Disease; Parkinson's Disease; Parkinson; Idiopathic Parkinson's Disease; "
        "Parkinsons Disease; Parkinson's Disease Dementia"
    ),
    "Multiple Sclerosis": (
        "Multiple Sclerosis; Relapsing-Remitting Multiple Sclerosis; Multiple Sclerosis, "
        "Relapsing-Remitting; Multiple Sclerosis, Primary Progressive; MS (Multiple Sclerosis); "
        "Secondary Progressive Multiple Sclerosis; RRMS; Relapsing Multiple Sclerosis"
    ),
    "Arthritis, Rheumatoid": (
        "Rheumatoid Arthritis; Arthritis, Rheumatoid; RA; Early Rheumatoid Arthritis; "
        "Rheumatoid Arthritis (RA); Active Rheumatoid Arthritis"
    ),
    "Psoriasis": (
        "Psoriasis; Plaque Psoriasis; Moderate to Severe Plaque Psoriasis; Psoriasis Vulgaris; "
        "Chronic Plaque Psoriasis; Scalp Psoriasis; Plaque-type Psoriasis"
    ),
    "Crohn Disease": (
        "Crohn Disease; Crohn's Disease; Crohns Disease; Fistulizing Crohn Disease; Crohn's; "
        "Perianal Crohn's Disease"
    ),
    "Colitis, Ulcerative": (
        "Ulcerative Colitis; Colitis, Ulcerative; UC; Moderately to Severely Active Ulcerative "
        "Colitis; Active Ulcerative Colitis; Ulcerative Colitis Flare"
    ),
    "Obesity": (
        "Obesity; Obesity, Morbid; Childhood Obesity; Morbid Obesity; Overweight and Obesity; "
        "Obesity, Childhood; Pediatric Obesity; Obese; Abdominal Obesity"
    ),
    "Renal Insufficiency, Chronic": (
        "Chronic Kidney Disease; Chronic Kidney Diseases; CKD; End Stage Renal Disease; Kidney "
        "Failure, Chronic; ESRD; Chronic Renal Failure; End-Stage Kidney Disease; Chronic Renal "
        "Insufficiency; Chronic Kidney Disease Stage 3"
    ),
    "Postoperative Pain": (
        "Postoperative Pain; Pain, Postoperative; Post-operative Pain; Acute Postoperative "
        "Pain; Postoperative Pain, Acute; Post Operative Pain; Pain Postoperative; Postsurgical "
        "Pain"
    ),
    "": (
        "Breast Feeding; Breast Reconstruction; Breast Augmentation; Lung Transplant; Lung "
        "Function Decreased; Heart Rate; Healthy; Healthy Volunteers; Physical Activity; "
        "Quality of Life; Anesthesia; Cataract Surgery; Vaccination; Pregnancy; Nutrition; "
        "Aging; Surgery; Labor Pain; Dental Anxiety; Cystic Fibrosis; Hypotension; Pulmonary "
        "Hypertension; Portal Hypertension; Ocular Hypertension; Intracranial Hypertension; "
        "Hepatitis A; Heat Stroke; Diabetes Insipidus; Cardiac Surgery; Blood Pressure; Bone "
        "Loss; Juvenile Idiopathic Arthritis; Osteoarthritis; Gouty Arthritis; Lung Diseases; "
        "Interstitial Lung Disease; Bipolar Disorder; Systemic Sclerosis; Tuberous Sclerosis; "
        "Amyotrophic Lateral Sclerosis; Nasal Obstruction; Chronic Pain; Kidney "
        "Transplantation; Acute Kidney Injury; Hepatic Encephalopathy; Myelodysplastic "
        "Syndromes; Hodgkin Lymphoma; Papillary Muscle; Brain Injuries; Brain Death; Cervical "
        "Dystonia; Cervical Ripening; Gastric Ulcer; Gastric Emptying; Goiter; Prostatic "
        "Hyperplasia; Bladder, Overactive; Colonic Polyps; Pancreatitis; Parkinsonian Syndrome "
        "Drug Induced; Haemophilus Influenzae Infection; Parainfluenza"
    ),
}
"""The texts of each heading, separated by ``;``; under no heading those of none of the others."""


def build_trials(*, with_mesh: bool) -> dict[str, Trial]:
    """A trial for each text by its id, with or without its heading."""
    pairs = [(heading, text) for heading, texts in TEXTS.items() for text in texts.split("; ")]
    trials = (
        Trial(
            f"NCT{number:08}",
            title=f"A study of {text}",
            conditions=(text,),
            mesh_terms=(heading,) if heading and with_mesh else (),
        )
        for number, (heading, text) in enumerate(pairs)
    )
    return {trial.trial_id: trial for trial in trials}
